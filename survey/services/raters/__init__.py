"""Who is asked about whom: sources, nomination, assignment, feasibility, approval of the list."""
