"""Python functions of udfs/: signatures read from source, bundled for the cluster."""
