// ReelFiles: sound in files. It reads what people have, by libsndfile and libav, and so far writes plain WAV. It must
// never know what a call or a recording's options are.
