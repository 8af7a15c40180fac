"""What a model file can be refused for."""

from __future__ import annotations


class ModelFileError(ValueError):
    """Bytes that aren't a model, or not one that this version reads."""

    code = "invalid-model"

    def __init__(
        self, reason: str, fix: str = "give a file that `synthmill fit` or Model.save has made"
    ) -> None:
        self.reason, self.fix = reason, fix
        super().__init__(f"the model file can't be used: {reason} ({fix})")
