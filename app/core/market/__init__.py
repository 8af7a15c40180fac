"""The market of a workspace: quotes, history, bars and statistics: computed, not recorded. For faces."""
