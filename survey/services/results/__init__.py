"""From sealed ballots to released figures: counting, vault, disclosure, quality, appraisals, reports."""
