"""Whether a workflow collects an account at this moment, asked of Temporal itself."""

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.orders import workflow_id


async def is_collected(temporal: Client, account_id: str) -> bool:
    """Whether a workflow runs for the account, though it may not have opened the case yet, or may be about to end."""
    request = DescribeWorkflowExecutionRequest(
        namespace=temporal.namespace, execution=WorkflowExecution(workflow_id=workflow_id(account_id))
    )
    try:
        # In the raw, because nothing but the status is wanted, and not every server's attributes can be decoded.
        answer = await temporal.workflow_service.describe_workflow_execution(request)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return answer.workflow_execution_info.status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
