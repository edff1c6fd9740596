"""Runs those functions of a program that are named on its command line, all at once, and fails if one does."""

import sys
import threading
import traceback


def run(scenes):
    """`scenes` is the program's `globals()`. Each scene tells of itself by its own name when it fails."""
    names = sys.argv[1:]
    failed = []

    def play(name):
        try:
            scenes[name]()
        except BaseException:
            failed.append(name)
            print(f"{name}: {traceback.format_exc()}", file=sys.stderr)

    threads = [threading.Thread(target=play, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not names or failed:
        sys.exit(1)
    print("played", *names)
