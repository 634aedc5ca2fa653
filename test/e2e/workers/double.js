import { reply } from "zpipe";

export default ({ n }) => reply({ double: 2 * n });
