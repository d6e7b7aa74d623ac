"""GAN Studio: train and use CycleGAN and conditional GANs on your own pictures."""
