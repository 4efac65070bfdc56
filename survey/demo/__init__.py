"""The demo city: Bukittinggi's offices with invented people, answers and true scores, all from one seed."""
