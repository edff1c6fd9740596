// ReelFiles: sound in files. So far it reads what libsndfile reads and writes plain WAV. It must never know what
// a call or a recording's options are.
