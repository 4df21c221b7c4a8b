"""One file a rule, or a small family of rules; ``registry`` finds them by walking this folder."""
