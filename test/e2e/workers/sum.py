import json
import sys

for line in sys.stdin:
    message = json.loads(line)
    if message.get("abort"):
        continue
    print(json.dumps({"id": message["id"], "value": {"sum": sum(message["value"]["n"])}}), flush=True)
