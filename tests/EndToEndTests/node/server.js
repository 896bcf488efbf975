/*
 * A DNS server of node-mname behind the balancer, for the end-to-end tests.
 *
 *     node server.js DIR/5301
 *
 * listens on that socket and answers every name:
 *
 *     TXT             "backend=5301 client=10.0.0.7 transport=udp"
 *     A               127.0.0.N, where N is the last digit of the backend's name
 *     big.*      TXT  some 1,400 bytes: the same line first, then padding
 *     slow-MS.*  TXT  the same line after MS milliseconds
 *
 * On stdout, one line each: "ready 5301" once it listens, "asked NAME" when a slow query arrives.
 */
'use strict';

const fs = require('fs');
const path = require('path');
const mname = require('mname');

const socketPath = process.argv[2];
if (socketPath === undefined) {
  console.error('usage: node server.js PATH');
  process.exit(2);
}

const backend = path.basename(socketPath);
const PADDING_STRINGS = 6;
const PADDING_BYTES = 208;

function removeStaleSocket() {
  const found = fs.lstatSync(socketPath, { throwIfNoEntry: false });
  if (found === undefined)
    return;
  if (!found.isSocket())
    throw new Error(`${socketPath} exists and is not a socket`);
  fs.unlinkSync(socketPath);
}

function addRecords(query, client, transport) {
  const name = query.name();
  if (query.type() === 'A') {
    query.addAnswer(name, new mname.ARecord(`127.0.0.${backend.slice(-1)}`), 1);
    return;
  }
  const line = `backend=${backend} client=${client} transport=${transport}`;
  query.addAnswer(name, new mname.TXTRecord(line), 1);
  if (!name.startsWith('big.'))
    return;
  for (let i = 0; i < PADDING_STRINGS; i++)
    query.addAnswer(name, new mname.TXTRecord(String(i).repeat(PADDING_BYTES)), 1);
}

function onQuery(query, done) {
  // Kept here: mname forgets the source once the connection has closed.
  const { address, family } = query.src;
  const slow = /^slow-(\d+)\./.exec(query.name());
  const answer = () => {
    addRecords(query, address, family);
    query.respond();
    done();
  };
  if (slow === null) {
    answer();
    return;
  }
  console.log(`asked ${query.name()}`);
  setTimeout(answer, Number(slow[1]));
}

removeStaleSocket();
const server = mname.createServer({ name: `backend-${backend}` });
server.on('query', onQuery);
server.on('clientError', () => { /* Garbage is what some tests send. */ });
server.on('error', (error) => {
  console.error(error.stack);
  process.exit(1);
});
server.listenBalancer({ path: socketPath }, () => console.log(`ready ${backend}`));
