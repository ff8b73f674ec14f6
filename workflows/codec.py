"""How payloads travel: pydantic JSON, encrypted with AES-256-GCM when keys are set. Not for workflow code itself.

Each payload names the key that encrypted it, so that keys rotate: the first one encrypts, all of them decrypt.
"""

import os
from collections.abc import Sequence
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    DefaultFailureConverterWithEncodedAttributes,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    PayloadCodec,
)

from config.keys import parse_keys

_ENCODING = b"binary/encrypted"
_NONCE_BYTES = 12


class TerseJson(PydanticJSONPlainPayloadConverter):
    """Pydantic JSON that leaves out of a dataclass what is as its type has it by default: most of a case, most days.

    So a default of a type that travels is part of the format, and must not change while a history holds it.
    """

    def to_payload(self, value: Any) -> Payload | None:
        """Write a value."""
        if not is_dataclass(value) or isinstance(value, type):
            return super().to_payload(value)
        data = _adapter(type(value)).dump_json(value, exclude_defaults=True, warnings=False)
        return Payload(metadata={"encoding": self.encoding.encode()}, data=data)


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


_JSON = TerseJson()


class JsonConverter(CompositePayloadConverter):
    """The SDK's converters, but for JSON, which has one set of validators for the whole process.

    The SDK makes a converter for each workflow that it loads; validators of its own would cost more than all that the
    workflow does on its first day.
    """

    def __init__(self) -> None:
        """Take the SDK's usual converters, but for JSON."""
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(_JSON if isinstance(each, JSONPlainPayloadConverter) else each for each in usual))


class EncryptionCodec(PayloadCodec):
    """Encrypts every payload, and decrypts with whichever key a payload names."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        """Take the keys by id, the one that encrypts first."""
        self._newest = keys[0][0]
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload under the newest key."""
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt what can be; a stranger's payload is passed on as it is, and is refused where it is read."""
        return [self._decrypt(payload) for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, payload.SerializeToString(), None)
        return Payload(metadata={"encoding": _ENCODING, "key-id": self._newest.encode()}, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        cipher = self._ciphers.get(payload.metadata.get("key-id", b"").decode(errors="replace"))
        if payload.metadata.get("encoding") != _ENCODING or cipher is None:
            return payload
        try:
            return Payload.FromString(cipher.decrypt(payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:], None))
        except (InvalidTag, ValueError):
            return payload


def data_converter(keys: str | None = None) -> DataConverter:
    """The converter that clients, workers and replayers share; failures are encrypted too when keys are set.

    Raises:
        KeysError: if the keys cannot be read.
    """
    return DataConverter(
        payload_converter_class=JsonConverter,
        payload_codec=EncryptionCodec(parse_keys(keys)) if keys else None,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes if keys else DefaultFailureConverter,
    )
