import json
import os
import sys

metadata = json.loads(os.environ["ZPIPE_METADATA"])

for line in sys.stdin:
    job = json.loads(line)
    if "abort" in job:
        continue
    value = {**job["value"], "by": os.environ["ZPIPE_STAGE"], "told": metadata["meta_variable"]}
    print(json.dumps({"id": job["id"], "value": value}), flush=True)
