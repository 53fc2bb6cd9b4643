/** A Python program that starts processes until it may not, at most 1000, says how many there were, and ends them. */
export const bomb = `
import os, signal, time
children = []
try:
    while len(children) < 1000:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
    print("no limit")
except BlockingIOError:
    print(len(children), flush=True)
    time.sleep(5)
for child in children:
    os.kill(child, signal.SIGKILL)
`;

/** One that takes 600 MB, and writes on it. */
export const hog = 'block = b"x" * (600 << 20); print("no limit")';
