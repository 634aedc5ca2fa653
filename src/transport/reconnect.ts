/** For `onConnect`: calls `again` every time but the first, that is, when a link that was there has been made anew. */
export function afterTheFirst(again: () => void): () => void {
  let connected = false;
  return () => {
    if (connected) again();
    connected = true;
  };
}
