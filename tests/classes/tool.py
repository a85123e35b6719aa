#!/usr/bin/env python3
import os
from typing import List

class Reader:
    def __init__(self, path):
        self.path = path
        self.rows: List[str] = []

if __name__ == "__main__":
    Reader("x")
