#!/bin/sh
# Make the namespace TEMPORAL_NAMESPACE if the server at TEMPORAL_ADDRESS has none of that name.
set -eu

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h
fi
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" --output json >/dev/null
