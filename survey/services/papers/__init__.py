"""The way of a ballot: codes, papers, stamps, seals, the box, receipts, and what is forgotten."""
