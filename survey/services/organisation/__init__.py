"""Units, people, posts and teams, with their history, and the files they come from."""
