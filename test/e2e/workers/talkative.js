export default () => {
  process.send?.("ready");
  process.send?.({ type: "nonsense" });
  return process.pid;
};
