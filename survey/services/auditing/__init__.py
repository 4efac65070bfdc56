"""What staff and server did: the chain of hashes, what auditors read, what the public reads."""
