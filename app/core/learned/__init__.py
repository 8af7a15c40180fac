"""Models: what a workspace has learnt from its data, named by its sha256. Uploads and jobs may import it."""
