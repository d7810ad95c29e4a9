"""Trained models as artefacts: versioned, checksummed folders, promoted, rolled back and swapped while serving."""

from registry.errors import BadArtefact, ModelError, UnknownModel
from registry.manifest import Manifest, Training
from registry.serving import Serving
from registry.store import Artefact, Listed, Registry
from registry.tensors import read_tensors, write_tensors

__all__ = [
    "Artefact",
    "BadArtefact",
    "Listed",
    "Manifest",
    "ModelError",
    "Registry",
    "Serving",
    "Training",
    "UnknownModel",
    "read_tensors",
    "write_tensors",
]
