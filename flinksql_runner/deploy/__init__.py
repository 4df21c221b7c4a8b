"""Deploy, run, stop and resume jobs."""
