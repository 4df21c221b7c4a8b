"""Training of the small detector; needs the extra ``train-plates``, which the API does not."""
