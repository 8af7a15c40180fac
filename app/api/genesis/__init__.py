"""The paths of the Genesis page, `/v1/...`, in that page's own answer shape; each does what its own API does.

What these can't do is refused by name. docs/learning-server.md has the table of paths.
"""
