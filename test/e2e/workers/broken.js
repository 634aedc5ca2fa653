console.error("looks for the licence");
throw new Error("no licence for this machine");
