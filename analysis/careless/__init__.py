"""Signs of careless answering: flags with counts, never a reason to delete by itself.

Every index looks at one row alone and is computed at import or inside the closing of a cycle: once rows
are gone it cannot be computed any more. Publish results with and without flagged rows only where the
difference still hides every rater.
"""

from analysis.careless.comparison import CarelessRows, careless_rows
from analysis.careless.paired_answers import SynonymIndex, even_odd, psychometric_synonyms
from analysis.careless.row_index import RowIndex
from analysis.careless.rows import Longstring, Variability, individual_variability, longstring, mahalanobis

__all__ = [
    "CarelessRows",
    "Longstring",
    "RowIndex",
    "SynonymIndex",
    "Variability",
    "careless_rows",
    "even_odd",
    "individual_variability",
    "longstring",
    "mahalanobis",
    "psychometric_synonyms",
]
