"""The Temporal namespace's part of the set-up: the search attributes by which operators filter cases."""

from collections.abc import Mapping

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from cli.failures import CannotError
from workflows.visibility import SEARCH_ATTRIBUTES

_WANTED: Mapping[str, IndexedValueType.ValueType] = {
    key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in SEARCH_ATTRIBUTES
}


async def missing_search_attributes(temporal: Client) -> list[str]:
    """The search attributes that the namespace does not know.

    Raises:
        CannotError: if it knows one under another type.
        RPCError: if the namespace's attributes cannot be read from here.
    """
    request = ListSearchAttributesRequest(namespace=temporal.namespace)
    known = (await temporal.operator_service.list_search_attributes(request)).custom_attributes
    for name, kind in _WANTED.items():
        if known.get(name, kind) != kind:
            words = f"the namespace {temporal.namespace} knows {name} under another type"
            raise CannotError(f"{words}; it must be {_written(name)}: remove it there, or use another namespace")
    return [name for name in _WANTED if name not in known]


async def add_search_attributes(temporal: Client) -> list[str]:
    """Add the search attributes that the namespace lacks; answers their names.

    Raises:
        CannotError: if the namespace cannot be changed from here.
    """
    try:
        missing = await missing_search_attributes(temporal)
        if missing:
            wanted = {name: _WANTED[name] for name in missing}
            request = AddSearchAttributesRequest(namespace=temporal.namespace, search_attributes=wanted)
            await temporal.operator_service.add_search_attributes(request)
    except RPCError as error:
        words = f"the namespace {temporal.namespace} cannot be prepared from here ({error.status.name})"
        raise CannotError(f"{words}; let its administrator add {', '.join(map(_written, _WANTED))}") from error
    return missing


def _written(name: str) -> str:
    kind = IndexedValueType.Name(_WANTED[name]).removeprefix("INDEXED_VALUE_TYPE_")
    return f"{name} ({kind.title().replace('_', '')})"
