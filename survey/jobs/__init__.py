"""Long work behind one port: `enqueue`, `status`, and a runner that takes up what was interrupted."""
