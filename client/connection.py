"""Connecting to Temporal: where it is, is the SDK's own configuration; how payloads travel, is ours."""

from temporalio.client import Client, Plugin
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime

from workflows.codec import data_converter

_LOCAL = "localhost:7233"


async def connect(codec_keys: str | None, runtime: Runtime | None = None, plugins: tuple[Plugin, ...] = ()) -> Client:
    """Connect by ``TEMPORAL_*`` or the Temporal configuration file, to this machine when neither says where.

    Raises:
        KeysError: if the codec keys cannot be read.
        RuntimeError: if Temporal does not answer.
    """
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", _LOCAL)
    return await Client.connect(**config, data_converter=data_converter(codec_keys), runtime=runtime, plugins=plugins)
