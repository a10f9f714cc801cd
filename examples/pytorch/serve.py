"""Keeps PyTorch loaded between trainings: starting it takes seconds, which a study pays for each of its cells.

    python serve.py start /tmp/trainers --workers 8 &
    alidade study ... --command 'python serve.py send /tmp/trainers --checkpoint roberta-base --train {train} ...'

`start` runs so many workers; each takes one training after another, on the device that they share. `send` hands its
arguments to a free worker as those of train.py, and ends as that training does: what is printed goes where its own
would, and a training whose `send` is killed ends too.
"""

import argparse
import functools
import gc
import hashlib
import json
import os
import signal
import socket
import sys
import threading
import traceback


def send(path, words):
    """Runs a training in a worker. @returns its exit code"""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        message = json.dumps({"words": words, "folder": os.getcwd()}).encode()
        socket.send_fds(connection, [len(message).to_bytes(8, "big")], [sys.stdout.fileno(), sys.stderr.fileno()])
        connection.sendall(message)
        code = connection.recv(1)
    return code[0] if code else 1


def start(path, workers):
    """Starts workers, and another for each that ends, until it is interrupted."""
    import train  # Once; workers are forks. Nothing here touches the device: a fork could not use it.

    train.tokenize = remembered(train.tokenize)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with socket.socket(socket.AF_UNIX) as listener:
        if os.path.exists(path):
            os.unlink(path)
        listener.bind(path)
        listener.listen(1024)
        alive = set()
        try:
            while True:
                while len(alive) < workers:
                    alive.add(os.fork() or work(listener, train.main))
                alive.discard(os.wait()[0])
        except KeyboardInterrupt:
            for worker in alive:
                os.kill(worker, signal.SIGTERM)


def remembered(tokenize):
    """A study's cells are tested on the same texts."""
    tables = {}

    @functools.wraps(tokenize)
    def once(tokenizer, examples, max_length):
        texts = "\0".join(f"{example.get('text')}\0{example.get('text_pair')}" for example in examples)
        key = (tokenizer.name_or_path, max_length, hashlib.sha256(texts.encode()).digest())
        if key not in tables:
            tables[key] = tokenize(tokenizer, examples, max_length)
        return tables[key]

    return once


def work(listener, run):
    """A worker's whole life."""
    try:
        while True:
            connection, _ = listener.accept()
            with connection:
                head, files, *_ = socket.recv_fds(connection, 8, 2)
                message = json.loads(connection.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
                connection.send(bytes([training(run, connection, files, **message)]))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def training(run, connection, files, words, folder):
    done = threading.Event()

    def watch():
        """Who asked says nothing more: what can be read is their end, and then this worker ends with its training."""
        connection.recv(1)
        if not done.is_set():
            os._exit(1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    own = [os.dup(number) for number in (1, 2)]
    take(files)
    os.chdir(folder)
    try:
        run(words)
        return 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        take(own)  # Whoever reads what it printed waits for the end of it.
        done.set()
        connection.shutdown(socket.SHUT_RD)
        watcher.join()
        gc.collect()


def take(files):
    """Standard output and errors go there from now on."""
    sys.stdout.flush()
    sys.stderr.flush()
    for number, file in zip((1, 2), files):
        os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        sys.exit(send(sys.argv[2], sys.argv[3:]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start", choices=["start"])
    parser.add_argument("path", help="of the socket")
    parser.add_argument("--workers", type=int, default=4)
    given = parser.parse_args()
    start(given.path, given.workers)
