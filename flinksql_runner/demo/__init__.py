"""The demos: services, job, simulator and true counts in one command."""
