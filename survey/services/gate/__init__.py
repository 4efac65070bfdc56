"""The one gate: what may be told of a figure or a text."""
