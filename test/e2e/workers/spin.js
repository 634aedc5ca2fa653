export default () => {
  console.log("spins");
  for (;;);
};
