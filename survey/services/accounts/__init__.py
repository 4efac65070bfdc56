"""Who may sign in, what for, and whose data an account reaches."""
