"""Questionnaires as data: `schema` says what one is, `catalogue` reads them, YAML holds the words."""
