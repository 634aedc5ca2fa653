export default ({ n }) => ({ square: n * 2 });
