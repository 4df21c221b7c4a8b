"""``python -m flinksql_runner`` and the command ``flinksql``."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # until the command line stands, Ctrl-C ends the process as it ends any other: at once, without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from flinksql_runner.cli.main import main

if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
    signal.signal(signal.SIGINT, signal.default_int_handler)

if __name__ == "__main__":
    main()
