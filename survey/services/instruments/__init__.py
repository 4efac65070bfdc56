"""Questionnaires: looked up, written as drafts, brought in and taken out."""
