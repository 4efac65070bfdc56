"""Read a table from a file that people bring: CSV, packed CSV or a spreadsheet.

Whatever is wrong with the file is collected as `Problem`s that name row, column and mend, and raised
together. No cell is ever taken as a formula.
"""

from survey.tables.problems import N_, BadFile, Problem, ProblemList, Translate
from survey.tables.reading import Table, read_table

__all__ = ["N_", "BadFile", "Problem", "ProblemList", "Table", "Translate", "read_table"]
