"""From a graph and a selection to a job: one statement set."""
