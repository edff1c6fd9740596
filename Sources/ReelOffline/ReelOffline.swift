// ReelOffline: what is done with sound that is in files already: recording two legs, converting, looking into. It goes
// as fast as the machine can and uses every core. It must never know of live calls, nor of the words on a command line.
