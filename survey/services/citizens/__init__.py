"""What citizens say: channels, answers, the index, what offices do about it, the ministry's report."""
